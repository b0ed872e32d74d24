/**
 * Stands in the bundles for modules that are never reached there, so that no process of the provider has to parse them.
 * Whoever requires one all the same is told; protobufjs takes that for "long is not installed", and does without.
 */
throw new Error("This module is left out of the bundle; see scripts/build.mjs.");
