import { toPrintableJson } from '../lib/to-printable-json.ts';
import { toPrintableText } from '../lib/to-printable-text.ts';
import { sessionsShowHelp } from './help/sessions-show-help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { readCount } from './read-count.ts';
import { withServer } from './with-server.ts';

const SESSION = `query Session($id: ID!, $last: Int) {
  session(id: $id) {
    id agentId userId name createdAt
    messages(last: $last) {
      edges { node { role content runId createdAt } }
      pageInfo { hasPreviousPage }
    }
  }
}`;

interface Session {
  readonly id: string;
  readonly agentId: string;
  readonly userId: string;
  readonly name: string | null;
  readonly createdAt: string;
  readonly messages: {
    readonly edges: readonly { readonly node: Message }[];
    readonly pageInfo: { readonly hasPreviousPage: boolean };
  };
}

interface Message {
  readonly role: string;
  readonly content: string;
  readonly runId: string;
  readonly createdAt: string;
}

/** `ambit sessions show <session>`: the end of its conversation. */
export async function showSession(args: string[]): Promise<void> {
  const { positionals, values } = parseCommandLine(sessionsShowHelp, args);
  const [id = ''] = positionals;
  const last = readCount(sessionsShowHelp, 'last', values.last);
  const { session } = await withServer((client) =>
    client.request<{ session: Session }, { id: string; last: number }>(SESSION, { id, last }),
  );
  if (values.json) return void process.stdout.write(`${toPrintableJson(session, 2)}\n`);
  process.stdout.write(toPrintableText(describe(session)));
}

function describe({ agentId, userId, name, createdAt, messages }: Session): string {
  const title = `${name === null ? '' : `${name}: `}${userId} with ${agentId}, from ${createdAt}\n`;
  const before = messages.pageInfo.hasPreviousPage ? '\n(there is more before)\n' : '';
  const texts = messages.edges.map(
    ({ node: { role, content, createdAt: at } }) => `\n${role} ${at}\n${content}\n`,
  );
  return [title, before, ...texts].join('');
}
