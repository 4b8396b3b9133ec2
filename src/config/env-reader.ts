/**
 * Settings out of an environment, each checked where it is read; an empty value counts as unset. Every method throws a `TypeError`
 * with a sentence that names the setting, when its value will not do.
 */
export class EnvReader {
  readonly #env: Record<string, string | undefined>;

  constructor(env: Record<string, string | undefined>) {
    this.#env = env;
  }

  text(name: string): string | undefined {
    const value = this.#env[name]?.trim();
    return value === '' ? undefined : value;
  }

  list(name: string): string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  integer(name: string, { min, max, fallback }: { min: number; max: number; fallback: number }): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max))
      throw badSetting(name, `must be a whole number from ${min} to ${max}`);
    return value;
  }

  word<const TWord extends string>(name: string, words: readonly TWord[], fallback: NoInfer<TWord>): TWord {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw badSetting(name, `must be one of ${words.join(', ')}`);
    return word;
  }

  url(name: string, protocols: readonly string[]): string | null {
    const text = this.text(name);
    if (text === undefined) return null;
    const url = URL.parse(text);
    if (url === null || !protocols.includes(url.protocol)) {
      throw badSetting(
        name,
        `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
      );
    }
    // `fetch` takes no URL with a password, and quotes it whole where it says so.
    if (url.protocol.startsWith('http') && (url.username !== '' || url.password !== '')) {
      throw badSetting(name, 'must not hold a user name and password');
    }
    return text;
  }
}

/** What is wrong with a setting. The value itself is left out: it may be a secret. */
export function badSetting(name: string, rule: string): TypeError {
  return new TypeError(`${name} ${rule}.`);
}
