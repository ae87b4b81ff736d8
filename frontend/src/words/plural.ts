/** Picks the form of a counted noun. */
const rules = new Intl.PluralRules("en");

export function plural(n: number, forms: { one: string; other: string }): string {
  return rules.select(n) === "one" ? forms.one : forms.other;
}
