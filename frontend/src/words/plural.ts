/** Picks the form of a counted noun by the rules of the language. */
import { locale } from "../lib/language";

const rules = new Intl.PluralRules(locale);

export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export function plural(n: number, forms: Forms): string {
  return forms[rules.select(n)] ?? forms.other;
}
