import { type AmbitClient, AmbitClientError, createAmbitClient } from '../client.ts';
import { formatRequirement } from './format-requirement.ts';
import { readServerAddress } from './server-address.ts';
import { UsageError } from './usage-error.ts';

export interface WithServerOptions {
  /** Told whenever the connection was lost and will be tried again. */
  readonly onRetry?: () => void;
}

/**
 * Does what takes a client of the server at AMBIT_URL with AMBIT_TOKEN, and closes the client after it.
 * @throws UsageError in place of what the client throws, in the server's words where it has refused; and as `readServerAddress` does.
 */
export async function withServer<TResult>(
  act: (client: AmbitClient) => Promise<TResult>,
  { onRetry = () => undefined }: WithServerOptions = {},
): Promise<TResult> {
  const { url, token } = readServerAddress();
  const client = createAmbitClient({ url: url.href, token, onRetry });
  try {
    return await act(client);
  } catch (error) {
    throw error instanceof AmbitClientError ? new UsageError(describe(error, url), { cause: error }) : error;
  } finally {
    await client.dispose();
  }
}

/** What the client found out by itself. */
function describeOwn(code: string, message: string): string {
  return code === 'UNAUTHENTICATED' ? 'The token has expired, or is taken no longer.' : message;
}

function describe({ code, message, errors, requiredScopes }: AmbitClientError, { origin }: URL): string {
  if (code === 'NETWORK') return `No server answers at ${origin}; AMBIT_URL says where it is.`;
  if (code === 'BAD_RESPONSE') return `What answers at ${origin} is no Ambit server.`;
  const sentences = errors.length > 0 ? errors.map((error) => error.message) : [describeOwn(code, message)];
  const needs = requiredScopes.length === 0 ? [] : [`It needs: ${formatRequirement(requiredScopes)}`];
  const hint = code === 'UNAUTHENTICATED' ? ['AMBIT_TOKEN says who asks.'] : [];
  return [...sentences, ...needs, ...hint].join('\n');
}
