/**
 * Names inside of a component's core code. jco 1.35 writes them into generated JavaScript between single quotes as
 * they are, so a name could end the quote and go on with JavaScript of its own. Admission and every device refuse such
 * names (`component.invalid`): JavaScript never travels.
 */

/** Printable ASCII but quotes and the backslash: what compilers and linkers use, their decorations included. */
const CORE_NAME = /^[\x20!#-&(-[\]-_a-~]*$/

/** Whether the name can stand in generated JavaScript and be nothing but a name. */
export function isCoreNameAllowed(name: string): boolean {
  return CORE_NAME.test(name) && !name.includes('${')
}
