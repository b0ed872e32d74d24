// esbuild bundles a module or leaves its import, which fails at a start; it cannot drop one.
/**
 * Replaces modules that the bundles never use, so that the provider does not parse them. Throws if one is
 * required after all.
 */
throw new Error("This module is left out of the bundle; see scripts/build.mjs.");
