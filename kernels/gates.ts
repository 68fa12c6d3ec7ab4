// The pointwise part of the cells, one batch row a call, forward and backward adjacent. Gate order: PyTorch's.
// Derivatives come from the values of the gates: tanh' = 1 − y², σ' = y·(1 − y).
import { mapRelu, mapSigmoid, mapTanh } from './elementwise';
import { tanh } from './math';
import { bytes, loadPart, NONE, storePart } from './vector';

@inline
function tanhSlope(y: v128): v128 {
  return f32x4.sub(f32x4.splat(1), f32x4.mul(y, y));
}

@inline
function sigmoidSlope(y: v128): v128 {
  return f32x4.mul(y, f32x4.sub(f32x4.splat(1), y));
}

// ---- RNN ----------------------------------------------------------------------------------------------------------

/** h = f(a). */
export function rnnRow(h: usize, a: usize, H: i32, relu: bool): void {
  if (relu) mapRelu(h, a, H);
  else mapTanh(h, a, H);
}

/** da = dh · f'(a), from h. */
export function rnnRowBackward(da: usize, dh: usize, h: usize, H: i32, relu: bool): void {
  for (; H > 0; H -= 4) {
    const g = loadPart(dh, H);
    const y = loadPart(h, H);
    storePart(da, relu ? v128.and(g, f32x4.gt(y, f32x4.splat(0))) : f32x4.mul(g, tanhSlope(y)), H);
    da += 16;
    dh += 16;
    h += 16;
  }
}

/** Leaky: h = α⊙h' + (1−α)⊙n with n = f(a). */
export function leakyRow(h: usize, n: usize, before: usize, leak: usize, H: i32): void {
  for (; H > 0; H -= 4) {
    const share = loadPart(leak, H);
    const fresh = f32x4.mul(f32x4.sub(f32x4.splat(1), share), loadPart(n, H));
    storePart(h, f32x4.add(f32x4.mul(share, loadPart(before, H)), fresh), H);
    h += 16;
    n += 16;
    before += 16;
    leak += 16;
  }
}

/** da = dh⊙(1−α)·f'(n); carried (∂L/∂h') += dh⊙α; dleak = dh⊙(h' − n) unless NONE. */
export function leakyRowBackward(da: usize, carried: usize, dleak: usize, dh: usize, n: usize, before: usize, leak: usize, H: i32, relu: bool): void {
  for (; H > 0; H -= 4) {
    const share = loadPart(leak, H);
    const y = loadPart(n, H);
    const d = loadPart(dh, H);
    const g = f32x4.mul(d, f32x4.sub(f32x4.splat(1), share));
    storePart(da, relu ? v128.and(g, f32x4.gt(y, f32x4.splat(0))) : f32x4.mul(g, tanhSlope(y)), H);
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

/** i,f,o = σ, g = tanh in place; c = f⊙c' + i⊙g, h = o⊙tanh(c). */
export function lstmRow(z: usize, h: usize, c: usize, before: usize, H: i32): void {
  const block = bytes(H);
  mapSigmoid(z, z, 2 * H);
  mapTanh(z + 2 * block, z + 2 * block, H);
  mapSigmoid(z + 3 * block, z + 3 * block, H);
  let i = z;
  let f = z + block;
  let g = f + block;
  let o = g + block;
  for (; H >= 8; H -= 8) {
    const c0 = f32x4.add(f32x4.mul(v128.load(f), v128.load(before)), f32x4.mul(v128.load(i), v128.load(g)));
    const c1 = f32x4.add(f32x4.mul(v128.load(f, 16), v128.load(before, 16)), f32x4.mul(v128.load(i, 16), v128.load(g, 16)));
    const h0 = f32x4.mul(v128.load(o), tanh(c0));
    const h1 = f32x4.mul(v128.load(o, 16), tanh(c1));
    v128.store(c, c0);
    v128.store(c, c1, 16);
    v128.store(h, h0);
    v128.store(h, h1, 16);
    i += 32;
    f += 32;
    g += 32;
    o += 32;
    before += 32;
    c += 32;
    h += 32;
  }
  for (; H > 0; H -= 4) {
    const c0 = f32x4.add(f32x4.mul(loadPart(f, H), loadPart(before, H)), f32x4.mul(loadPart(i, H), loadPart(g, H)));
    storePart(c, c0, H);
    storePart(h, f32x4.mul(loadPart(o, H), tanh(c0)), H);
    i += 16;
    f += 16;
    g += 16;
    o += 16;
    before += 16;
    c += 16;
    h += 16;
  }
}

/** dz from dh and the carried dc, which becomes the gradient of c'. tanh(c) is computed again rather than kept. */
export function lstmRowBackward(dz: usize, dh: usize, dc: usize, z: usize, c: usize, before: usize, H: i32): void {
  const block = bytes(H);
  for (; H > 0; H -= 4) {
    const i = loadPart(z, H);
    const f = loadPart(z + block, H);
    const g = loadPart(z + 2 * block, H);
    const o = loadPart(z + 3 * block, H);
    const t = tanh(loadPart(c, H));
    const dy = loadPart(dh, H);
    const d = f32x4.add(loadPart(dc, H), f32x4.mul(f32x4.mul(dy, o), tanhSlope(t)));
    storePart(dz, f32x4.mul(f32x4.mul(d, g), sigmoidSlope(i)), H);
    storePart(dz + block, f32x4.mul(f32x4.mul(d, loadPart(before, H)), sigmoidSlope(f)), H);
    storePart(dz + 2 * block, f32x4.mul(f32x4.mul(d, i), tanhSlope(g)), H);
    storePart(dz + 3 * block, f32x4.mul(f32x4.mul(dy, t), sigmoidSlope(o)), H);
    storePart(dc, f32x4.mul(d, f), H);
    z += 16;
    dz += 16;
    dh += 16;
    dc += 16;
    c += 16;
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
  for (; H > 0; H -= 4) {
    storePart(n, f32x4.add(loadPart(n, H), f32x4.mul(loadPart(r, H), loadPart(kept, H))), H);
    n += 16;
    r += 16;
    kept += 16;
  }
}

/** n = tanh in place; h = (1−z)⊙n + z⊙h'. */
export function gruRow(z: usize, n: usize, h: usize, before: usize, H: i32): void {
  mapTanh(n, n, H);
  for (; H > 0; H -= 4) {
    const update = loadPart(z, H);
    const fresh = f32x4.mul(f32x4.sub(f32x4.splat(1), update), loadPart(n, H));
    storePart(h, f32x4.add(fresh, f32x4.mul(update, loadPart(before, H))), H);
    z += 16;
    n += 16;
    h += 16;
    before += 16;
  }
}

/** dz and dn of the pre-activations; carried (∂L/∂h') += dh⊙z. */
export function gruRowBackward(dz: usize, dn: usize, carried: usize, dh: usize, z: usize, n: usize, before: usize, H: i32): void {
  for (; H > 0; H -= 4) {
    const update = loadPart(z, H);
    const fresh = loadPart(n, H);
    const dy = loadPart(dh, H);
    const rest = f32x4.sub(f32x4.splat(1), update);
    storePart(dn, f32x4.mul(f32x4.mul(dy, rest), tanhSlope(fresh)), H);
    storePart(dz, f32x4.mul(f32x4.mul(dy, f32x4.sub(loadPart(before, H), fresh)), sigmoidSlope(update)), H);
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
  for (; H > 0; H -= 4) {
    const d = loadPart(dn, H);
    const reset = loadPart(r, H);
    storePart(dkept, f32x4.mul(d, reset), H);
    storePart(dr, f32x4.mul(f32x4.mul(d, loadPart(kept, H)), sigmoidSlope(reset)), H);
    dr += 16;
    dkept += 16;
    dn += 16;
    r += 16;
    kept += 16;
  }
}

/** Reset before: dr of the pre-activation from dkept⊙h'; carried += dkept⊙r. */
export function gruResetRowBackward(dr: usize, carried: usize, dkept: usize, r: usize, before: usize, H: i32): void {
  for (; H > 0; H -= 4) {
    const d = loadPart(dkept, H);
    const reset = loadPart(r, H);
    storePart(dr, f32x4.mul(f32x4.mul(d, loadPart(before, H)), sigmoidSlope(reset)), H);
    storePart(carried, f32x4.add(loadPart(carried, H), f32x4.mul(d, reset)), H);
    dr += 16;
    carried += 16;
    dkept += 16;
    r += 16;
    before += 16;
  }
}
