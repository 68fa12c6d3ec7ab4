export {
  EXPLODING,
  type GateSaturation,
  type GradientTrace,
  type GradientVerdict,
  judgeGradient,
  SATURATED,
  traceGradients,
  VANISHING,
} from './gradient-through-time.ts';
