/** The words of a person's own work, in the language of the person. */
import { language } from "../lib/language";
import { work as en } from "./en-work";

export type WorkWords = typeof en;

async function words(): Promise<WorkWords> {
  if (language === "es") return (await import("./es-work")).work;
  return (await import("./pseudo")).pseudo(en);
}

export const work: WorkWords = language === "en" ? en : await words();
