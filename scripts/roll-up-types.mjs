// rollup-plugin-dts rolls up; this only tells it which packages stay imports, and which CDK takes the place of another.
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/**
 * Writes type declarations as one file, which imports nothing but packages.
 *
 * @param {string} input the declaration file of an entry, as the compiler wrote it
 * @param {string} file the file to write
 * @param {Record<string, string>} replace packages to import in place of others
 */
export async function rollUpTypes(input, file, replace) {
  const isPackage = (id) => !/^[./]/.test(id);
  const bundle = await rollup({ input, external: isPackage, plugins: [dts()] });
  try {
    await bundle.write({ file, paths: replace });
  } finally {
    await bundle.close();
  }
}
