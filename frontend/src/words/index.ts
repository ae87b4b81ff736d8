/** The words of the interface in the language of the person. Another language than English is
 *  loaded before the first screen; its files import nothing, since this one waits for them. */
import { count } from "../lib/format";
import { language } from "../lib/language";
import { en } from "./en";
import { plural } from "./plural";

export type Words = typeof en;

/** What a catalog needs to count. */
export interface Counting {
  count: typeof count;
  plural: typeof plural;
}

async function words(): Promise<Words> {
  if (language === "es") return (await import("./es")).es({ count, plural });
  if (language !== "en") return (await import("./pseudo")).pseudo(en);
  return en;
}

export const t: Words = language === "en" ? en : await words();
