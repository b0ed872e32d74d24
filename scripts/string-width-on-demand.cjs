// esbuild runs what a bundle imports at its start, and no setting delays that to the first call.
/**
 * Replaces string-width in the bundles. It makes a segmenter and regular expressions when it is loaded, which
 * takes a tenth of a start of the command, and only text beyond ASCII needs it.
 */
module.exports = (text) => require("../node_modules/string-width/index.js").default(text);
