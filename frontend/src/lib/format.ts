/** Numbers, sizes and times in words. Knows nothing of screens. */
import { locale } from "./language";

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3, notation: "compact" });
const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const minute = new Intl.DateTimeFormat(locale, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

export const count = (n: number) => whole.format(n);
export const compact = (n: number) => short.format(n);
export const significant = (n: number) => three.format(n);
export const percent = (share: number) => `${Math.round(share * 100)} %`;
export const date = (iso: string) => day.format(new Date(iso));
export const time = (iso: string) => minute.format(new Date(iso));

export function bytes(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(n, 1)) / 3)));
  return `${three.format(n / 1000 ** power)} ${units[power]}`;
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

const wide = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u3040-\u30ff]/g;

/** The length of a text: in characters where words are not parted by blanks, else in words. */
export function lengthOf(text: string): { n: number; inCharacters: boolean } {
  const ideographs = text.match(wide)?.length ?? 0;
  const inCharacters = ideographs > text.length / 4;
  const n = inCharacters ? text.replace(/\s/g, "").length : (text.match(/\S+/g)?.length ?? 0);
  return { n, inCharacters };
}
