/** The words of reviewing, in the language of the person. */
import { language } from "../lib/language";
import { review as en } from "./en-review";

export type ReviewWords = typeof en;

async function words(): Promise<ReviewWords> {
  if (language === "es") return (await import("./es-review")).review;
  return (await import("./pseudo")).pseudo(en);
}

export const review: ReviewWords = language === "en" ? en : await words();
