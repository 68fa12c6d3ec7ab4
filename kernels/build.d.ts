/** 1 in the tiers written for 256-bit pairs, else 0: given on asc's command line (TIERS in tools/build.mjs). For editors only. */
declare const RECURVE_WIDE: i32;
