/** How text that others wrote is shown: everything that prints messages may use this room. */
export { printable, printableLines } from "./printable";
