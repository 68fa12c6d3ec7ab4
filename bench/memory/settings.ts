/** What the command line says about a bench of this folder. */
export interface Settings {
  seed: number;
  /** Longest training of one model. */
  maxSeconds: number;
  /** Only shows that the bench runs: few steps, few examples. */
  quick: boolean;
  /** Only models whose label holds this. */
  only?: string | undefined;
}
