/** The words of the interface in the language of the person. English is the only one yet; a
 *  second one has the type `typeof en` and is chosen here. */
import { en } from "./en";

export const t = en;
