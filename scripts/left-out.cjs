/**
 * Stands in the bundles for modules that are never reached there, so that no process of the provider has to parse them.
 * Whoever requires one all the same is told.
 */
throw new Error("This module is left out of the bundle; see scripts/build.mjs.");
