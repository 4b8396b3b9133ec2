/** The address `path` below a service's base, which may end with a slash or not, with these query fields and no others. */
export function createServiceUrl(
  baseUrl: string,
  { path, query = {} }: { readonly path: string; readonly query?: Readonly<Record<string, string>> },
): URL {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/*$/, '')}/${path}`;
  url.search = new URLSearchParams(query).toString();
  url.hash = '';
  return url;
}
