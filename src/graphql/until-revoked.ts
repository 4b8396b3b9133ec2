import { revoked } from '../scope/revocation-list.ts';

/**
 * What `perform` gives, unless the caller's token is revoked before: what was found for it then goes to nobody. The work is left to end
 * by itself.
 * @throws UnauthenticatedError when it is revoked.
 */
export async function untilRevoked<TResult>(
  perform: () => Promise<TResult>,
  onRevoked: (callback: () => void) => () => void,
): Promise<TResult> {
  const revocation = Promise.withResolvers<never>();
  const callOff = onRevoked(() => revocation.reject(revoked()));
  try {
    return await Promise.race([revocation.promise, perform()]);
  } finally {
    callOff();
  }
}
