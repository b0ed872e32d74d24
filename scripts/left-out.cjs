/**
 * Replaces modules that the bundles never use, so that the provider does not parse them. Throws if one is required
 * after all.
 */
throw new Error("This module is left out of the bundle; see scripts/build.mjs.");
