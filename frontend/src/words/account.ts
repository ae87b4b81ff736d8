/** The words of joining, of the second step and of an account, in the language of the person. */
import { language } from "../lib/language";
import { own as en } from "./en-account";

export type AccountWords = typeof en;

async function words(): Promise<AccountWords> {
  if (language === "es") return (await import("./es-account")).own;
  return (await import("./pseudo")).pseudo(en);
}

export const own: AccountWords = language === "en" ? en : await words();
