// The pointwise part of the cells, one batch row a call, forward and backward adjacent. Gate order: PyTorch's.
// Derivatives come from the values of the gates: tanh' = 1 − y², σ' = y·(1 − y).
import { mapRelu } from './elementwise';
import { COMMON, ONE, spread } from './math';
import { mapSigmoid, mapTanh } from './squash';
import { bytes, loadPart, multiplyRow, NONE, stillThere, storePart } from './vector';

@inline
function tanhSlope(y: v128, one: v128): v128 {
  return f32x4.sub(one, f32x4.mul(y, y));
}

@inline
function sigmoidSlope(y: v128, one: v128): v128 {
  return f32x4.mul(y, f32x4.sub(one, y));
}

// ---- RNN ----------------------------------------------------------------------------------------------------------

/** h = f(a). */
export function rnnRow(h: usize, a: usize, H: i32, relu: bool): void {
  if (relu) mapRelu(h, a, H);
  else mapTanh(h, a, H);
}

/** da = dh · f'(a), from h. */
export function rnnRowBackward(da: usize, dh: usize, h: usize, H: i32, relu: bool): void {
  const one = spread(COMMON, ONE);
  for (; H >= 8; H -= 8) {
    const g0 = stillThere(v128.load(dh));
    const g1 = stillThere(v128.load(dh, 16));
    const y0 = v128.load(h);
    const y1 = v128.load(h, 16);
    let d0: v128;
    let d1: v128;
    if (relu) {
      d0 = v128.and(g0, f32x4.gt(y0, f32x4.splat(0)));
      d1 = v128.and(g1, f32x4.gt(y1, f32x4.splat(0)));
    } else {
      d0 = f32x4.mul(g0, tanhSlope(y0, one));
      d1 = f32x4.mul(g1, tanhSlope(y1, one));
    }
    v128.store(da, d1, 16);
    v128.store(da, d0);
    da += 32;
    dh += 32;
    h += 32;
  }
  for (; H > 0; H -= 4) {
    const g = stillThere(loadPart(dh, H));
    const y = loadPart(h, H);
    storePart(da, relu ? v128.and(g, f32x4.gt(y, f32x4.splat(0))) : f32x4.mul(g, tanhSlope(y, one)), H);
    da += 16;
    dh += 16;
    h += 16;
  }
}

/** Leaky: h = α⊙h' + (1−α)⊙n with n = f(a). */
export function leakyRow(h: usize, n: usize, before: usize, leak: usize, H: i32): void {
  const one = spread(COMMON, ONE);
  for (; H > 0; H -= 4) {
    const share = loadPart(leak, H);
    const fresh = f32x4.mul(f32x4.sub(one, share), loadPart(n, H));
    storePart(h, f32x4.add(f32x4.mul(share, loadPart(before, H)), fresh), H);
    h += 16;
    n += 16;
    before += 16;
    leak += 16;
  }
}

/** da = dh⊙(1−α)·f'(n); carried (∂L/∂h') += dh⊙α; dleak = dh⊙(h' − n) unless NONE. */
export function leakyRowBackward(da: usize, carried: usize, dleak: usize, dh: usize, n: usize, before: usize, leak: usize, H: i32, relu: bool): void {
  const one = spread(COMMON, ONE);
  for (; H > 0; H -= 4) {
    const share = loadPart(leak, H);
    const y = loadPart(n, H);
    const d = stillThere(loadPart(dh, H));
    const g = f32x4.mul(d, f32x4.sub(one, share));
    storePart(da, relu ? v128.and(g, f32x4.gt(y, f32x4.splat(0))) : f32x4.mul(g, tanhSlope(y, one)), H);
    storePart(carried, f32x4.add(loadPart(carried, H), f32x4.mul(d, share)), H);
    if (dleak != NONE) {
      storePart(dleak, f32x4.mul(d, f32x4.sub(loadPart(before, H), y)), H);
      dleak += 16;
    }
    da += 16;
    carried += 16;
    dh += 16;
    n += 16;
    before += 16;
    leak += 16;
  }
}

// ---- LSTM: z[4H] = i f g o ------------------------------------------------------------------------------------------

/** i,f,o = σ, g = tanh in place; c = f⊙c' + i⊙g, h = o⊙tanh(c). In passes: the loops of σ and tanh hold their constants in registers. */
export function lstmRow(z: usize, h: usize, c: usize, before: usize, H: i32): void {
  const block = bytes(H);
  const o = z + 3 * block;
  mapSigmoid(z, z, 2 * H);
  mapTanh(z + 2 * block, z + 2 * block, H);
  mapSigmoid(o, o, H);
  lstmCell(c, z, block, before, H);
  mapTanh(h, c, H);
  multiplyRow(h, o, H);
}

/** c = f⊙c' + i⊙g. */
function lstmCell(c: usize, i: usize, block: usize, before: usize, n: i32): void {
  let f = i + block;
  let g = f + block;
  for (; n >= 8; n -= 8) {
    const c0 = f32x4.add(f32x4.mul(v128.load(f), v128.load(before)), f32x4.mul(v128.load(i), v128.load(g)));
    const c1 = f32x4.add(f32x4.mul(v128.load(f, 16), v128.load(before, 16)), f32x4.mul(v128.load(i, 16), v128.load(g, 16)));
    v128.store(c, c1, 16);
    v128.store(c, c0);
    i += 32;
    f += 32;
    g += 32;
    before += 32;
    c += 32;
  }
  for (; n > 0; n -= 4) {
    storePart(c, f32x4.add(f32x4.mul(loadPart(f, n), loadPart(before, n)), f32x4.mul(loadPart(i, n), loadPart(g, n))), n);
    i += 16;
    f += 16;
    g += 16;
    before += 16;
    c += 16;
  }
}

/**
 * dz from dh and the carried dc, which becomes the gradient of c'. tanh(c) is computed again rather than kept; it waits where dz of o will
 * be. Everything is read before anything is written: V8 merges no pair of loads that a store comes before.
 */
export function lstmRowBackward(dz: usize, dh: usize, dc: usize, z: usize, c: usize, before: usize, H: i32): void {
  const one = spread(COMMON, ONE);
  const block = bytes(H);
  mapTanh(dz + 3 * block, c, H);
  for (; H >= 8; H -= 8) {
    const zf = z + block;
    const zg = zf + block;
    const zo = zg + block;
    const df = dz + block;
    const dg = df + block;
    const go = dg + block;
    const t0 = v128.load(go);
    const t1 = v128.load(go, 16);
    const i0 = v128.load(z);
    const i1 = v128.load(z, 16);
    const f0 = v128.load(zf);
    const f1 = v128.load(zf, 16);
    const g0 = v128.load(zg);
    const g1 = v128.load(zg, 16);
    const o0 = v128.load(zo);
    const o1 = v128.load(zo, 16);
    const before0 = v128.load(before);
    const before1 = v128.load(before, 16);
    const dy0 = stillThere(v128.load(dh));
    const dy1 = stillThere(v128.load(dh, 16));
    const d0 = f32x4.add(stillThere(v128.load(dc)), f32x4.mul(f32x4.mul(dy0, o0), tanhSlope(t0, one)));
    const d1 = f32x4.add(stillThere(v128.load(dc, 16)), f32x4.mul(f32x4.mul(dy1, o1), tanhSlope(t1, one)));
    const di0 = f32x4.mul(f32x4.mul(d0, g0), sigmoidSlope(i0, one));
    const di1 = f32x4.mul(f32x4.mul(d1, g1), sigmoidSlope(i1, one));
    const df0 = f32x4.mul(f32x4.mul(d0, before0), sigmoidSlope(f0, one));
    const df1 = f32x4.mul(f32x4.mul(d1, before1), sigmoidSlope(f1, one));
    const dg0 = f32x4.mul(f32x4.mul(d0, i0), tanhSlope(g0, one));
    const dg1 = f32x4.mul(f32x4.mul(d1, i1), tanhSlope(g1, one));
    const do0 = f32x4.mul(f32x4.mul(dy0, t0), sigmoidSlope(o0, one));
    const do1 = f32x4.mul(f32x4.mul(dy1, t1), sigmoidSlope(o1, one));
    v128.store(dz, di1, 16);
    v128.store(dz, di0);
    v128.store(df, df1, 16);
    v128.store(df, df0);
    v128.store(dg, dg1, 16);
    v128.store(dg, dg0);
    v128.store(go, do1, 16);
    v128.store(go, do0);
    v128.store(dc, f32x4.mul(d1, f1), 16);
    v128.store(dc, f32x4.mul(d0, f0));
    z += 32;
    dz += 32;
    dh += 32;
    dc += 32;
    before += 32;
  }
  for (; H > 0; H -= 4) {
    const i = loadPart(z, H);
    const f = loadPart(z + block, H);
    const g = loadPart(z + 2 * block, H);
    const o = loadPart(z + 3 * block, H);
    const t = loadPart(dz + 3 * block, H);
    const dy = stillThere(loadPart(dh, H));
    const d = f32x4.add(stillThere(loadPart(dc, H)), f32x4.mul(f32x4.mul(dy, o), tanhSlope(t, one)));
    storePart(dz, f32x4.mul(f32x4.mul(d, g), sigmoidSlope(i, one)), H);
    storePart(dz + block, f32x4.mul(f32x4.mul(d, loadPart(before, H)), sigmoidSlope(f, one)), H);
    storePart(dz + 2 * block, f32x4.mul(f32x4.mul(d, i), tanhSlope(g, one)), H);
    storePart(dz + 3 * block, f32x4.mul(f32x4.mul(dy, t), sigmoidSlope(o, one)), H);
    storePart(dc, f32x4.mul(d, f), H);
    z += 16;
    dz += 16;
    dh += 16;
    dc += 16;
    before += 16;
  }
}

// ---- GRU: z[3H] = r z n ---------------------------------------------------------------------------------------------

/** Reset before: kept = r⊙h'. */
export function gruResetRow(kept: usize, r: usize, before: usize, H: i32): void {
  for (; H > 0; H -= 4) {
    storePart(kept, f32x4.mul(loadPart(r, H), loadPart(before, H)), H);
    kept += 16;
    r += 16;
    before += 16;
  }
}

/** Reset after: n's pre-activation += r⊙kept. */
export function gruCandidateRow(n: usize, r: usize, kept: usize, H: i32): void {
  for (; H >= 8; H -= 8) {
    const n0 = f32x4.add(v128.load(n), f32x4.mul(v128.load(r), v128.load(kept)));
    const n1 = f32x4.add(v128.load(n, 16), f32x4.mul(v128.load(r, 16), v128.load(kept, 16)));
    v128.store(n, n1, 16);
    v128.store(n, n0);
    n += 32;
    r += 32;
    kept += 32;
  }
  for (; H > 0; H -= 4) {
    storePart(n, f32x4.add(loadPart(n, H), f32x4.mul(loadPart(r, H), loadPart(kept, H))), H);
    n += 16;
    r += 16;
    kept += 16;
  }
}

/** n = tanh in place; h = (1−z)⊙n + z⊙h'. */
export function gruRow(z: usize, n: usize, h: usize, before: usize, H: i32): void {
  const one = spread(COMMON, ONE);
  mapTanh(n, n, H);
  for (; H >= 8; H -= 8) {
    const z0 = v128.load(z);
    const z1 = v128.load(z, 16);
    const h0 = f32x4.add(f32x4.mul(f32x4.sub(one, z0), v128.load(n)), f32x4.mul(z0, v128.load(before)));
    const h1 = f32x4.add(f32x4.mul(f32x4.sub(one, z1), v128.load(n, 16)), f32x4.mul(z1, v128.load(before, 16)));
    v128.store(h, h1, 16);
    v128.store(h, h0);
    z += 32;
    n += 32;
    h += 32;
    before += 32;
  }
  for (; H > 0; H -= 4) {
    const update = loadPart(z, H);
    storePart(h, f32x4.add(f32x4.mul(f32x4.sub(one, update), loadPart(n, H)), f32x4.mul(update, loadPart(before, H))), H);
    z += 16;
    n += 16;
    h += 16;
    before += 16;
  }
}

/** dz and dn of the pre-activations; carried (∂L/∂h') += dh⊙z. */
export function gruRowBackward(dz: usize, dn: usize, carried: usize, dh: usize, z: usize, n: usize, before: usize, H: i32): void {
  const one = spread(COMMON, ONE);
  for (; H >= 8; H -= 8) {
    const z0 = v128.load(z);
    const z1 = v128.load(z, 16);
    const n0 = v128.load(n);
    const n1 = v128.load(n, 16);
    const dy0 = stillThere(v128.load(dh));
    const dy1 = stillThere(v128.load(dh, 16));
    const dn0 = f32x4.mul(f32x4.mul(dy0, f32x4.sub(one, z0)), tanhSlope(n0, one));
    const dn1 = f32x4.mul(f32x4.mul(dy1, f32x4.sub(one, z1)), tanhSlope(n1, one));
    const dz0 = f32x4.mul(f32x4.mul(dy0, f32x4.sub(v128.load(before), n0)), sigmoidSlope(z0, one));
    const dz1 = f32x4.mul(f32x4.mul(dy1, f32x4.sub(v128.load(before, 16), n1)), sigmoidSlope(z1, one));
    const c0 = f32x4.add(v128.load(carried), f32x4.mul(dy0, z0));
    const c1 = f32x4.add(v128.load(carried, 16), f32x4.mul(dy1, z1));
    v128.store(dn, dn1, 16);
    v128.store(dn, dn0);
    v128.store(dz, dz1, 16);
    v128.store(dz, dz0);
    v128.store(carried, c1, 16);
    v128.store(carried, c0);
    z += 32;
    dz += 32;
    n += 32;
    dn += 32;
    dh += 32;
    before += 32;
    carried += 32;
  }
  for (; H > 0; H -= 4) {
    const update = loadPart(z, H);
    const fresh = loadPart(n, H);
    const dy = stillThere(loadPart(dh, H));
    storePart(dn, f32x4.mul(f32x4.mul(dy, f32x4.sub(one, update)), tanhSlope(fresh, one)), H);
    storePart(dz, f32x4.mul(f32x4.mul(dy, f32x4.sub(loadPart(before, H), fresh)), sigmoidSlope(update, one)), H);
    storePart(carried, f32x4.add(loadPart(carried, H), f32x4.mul(dy, update)), H);
    z += 16;
    dz += 16;
    n += 16;
    dn += 16;
    dh += 16;
    before += 16;
    carried += 16;
  }
}

/** Reset after: dkept = dn⊙r, dr of the pre-activation from dn⊙kept. */
export function gruCandidateRowBackward(dr: usize, dkept: usize, dn: usize, r: usize, kept: usize, H: i32): void {
  const one = spread(COMMON, ONE);
  for (; H >= 8; H -= 8) {
    const d0 = v128.load(dn);
    const d1 = v128.load(dn, 16);
    const r0 = v128.load(r);
    const r1 = v128.load(r, 16);
    const dk0 = f32x4.mul(d0, r0);
    const dk1 = f32x4.mul(d1, r1);
    const dr0 = f32x4.mul(f32x4.mul(d0, v128.load(kept)), sigmoidSlope(r0, one));
    const dr1 = f32x4.mul(f32x4.mul(d1, v128.load(kept, 16)), sigmoidSlope(r1, one));
    v128.store(dkept, dk1, 16);
    v128.store(dkept, dk0);
    v128.store(dr, dr1, 16);
    v128.store(dr, dr0);
    dr += 32;
    dkept += 32;
    dn += 32;
    r += 32;
    kept += 32;
  }
  for (; H > 0; H -= 4) {
    const d = loadPart(dn, H);
    const reset = loadPart(r, H);
    storePart(dkept, f32x4.mul(d, reset), H);
    storePart(dr, f32x4.mul(f32x4.mul(d, loadPart(kept, H)), sigmoidSlope(reset, one)), H);
    dr += 16;
    dkept += 16;
    dn += 16;
    r += 16;
    kept += 16;
  }
}

/** Reset before: dr of the pre-activation from dkept⊙h'; carried += dkept⊙r. */
export function gruResetRowBackward(dr: usize, carried: usize, dkept: usize, r: usize, before: usize, H: i32): void {
  const one = spread(COMMON, ONE);
  for (; H > 0; H -= 4) {
    const d = loadPart(dkept, H);
    const reset = loadPart(r, H);
    storePart(dr, f32x4.mul(f32x4.mul(d, loadPart(before, H)), sigmoidSlope(reset, one)), H);
    storePart(carried, f32x4.add(loadPart(carried, H), f32x4.mul(d, reset)), H);
    dr += 16;
    carried += 16;
    dkept += 16;
    r += 16;
    before += 16;
  }
}
