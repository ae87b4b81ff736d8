/** The language of the interface. It holds for the life of a page: to change it is to load again. */
import { settings } from "./settings";

/** Those that a person may choose, each by its own name. */
export const LANGUAGES = { en: "English", es: "Español" } as const;

/** `en-XA` and `ar-XB` are for tests: English made longer and accented, and from right to left. */
export type Language = keyof typeof LANGUAGES | "en-XA" | "ar-XB";

function chosen(): Language {
  const { language } = settings.get();
  if (language !== "auto") return language;
  const known = navigator.languages.map((each) => each.slice(0, 2)).find((each) => each in LANGUAGES);
  return (known as Language | undefined) ?? "en";
}

export const language = chosen();

/** For numbers, dates and plural forms. */
export const locale = language === "es" ? "es" : "en";

document.documentElement.lang = language === "ar-XB" ? "ar" : locale;
document.documentElement.dir = language === "ar-XB" ? "rtl" : "ltr";
