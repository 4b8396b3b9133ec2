import { findUnreadSettings } from '../../config.ts';
import { readTrustedDocuments } from '../../graphql/trusted-documents.ts';
import type { Check } from './check.ts';
import { fail, ok, warn } from './finding.ts';

/** What the settings do not say by themselves when they are read. */
export const checkSettings: Check = {
  name: 'settings',
  async find({ config: { production, protection } }) {
    const file = protection.trustedDocuments;
    const broken = file === null ? null : findBroken(file);
    const unread = findUnreadSettings();
    return [
      ok('settings', `They can be read${production ? ', for production' : ''}.`),
      ...unread.map((name) =>
        warn(
          'settings',
          `${name} is set, and nothing reads it.`,
          'It may be misspelt, or without effect beside other settings.',
        ),
      ),
      ...(broken === null
        ? []
        : [fail('settings', broken, 'Write the file anew, or unset AMBIT_TRUSTED_DOCUMENTS.')]),
    ];
  },
};

function findBroken(file: string): string | null {
  try {
    readTrustedDocuments(file);
    return null;
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
