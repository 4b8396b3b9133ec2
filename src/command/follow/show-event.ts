import type { AmbitRunEvent, AmbitToolCall } from '../../client.ts';
import type { Screen } from './screen.ts';

/** Shows what an event of a run says. How it ended says whoever follows it. */
export function showEvent(screen: Screen, event: AmbitRunEvent): void {
  switch (event.__typename) {
    case 'TextDelta':
      return screen.answer(event.messageId, event.delta);
    case 'ReasoningDelta':
      return screen.reasoning(event.delta);
    case 'ToolCallStarted':
      return screen.brief(`[${event.toolCall.name} ${JSON.stringify(event.toolCall.arguments)}]`);
    case 'ToolCallFinished':
      return screen.brief(`[${event.toolCall.name}: ${describeOutcome(event.toolCall)}]`);
    case 'ApprovalRequested':
      return screen.note(
        `[${event.toolCall.name} ${JSON.stringify(event.toolCall.arguments)} waits for an approval]`,
      );
    case 'ApprovalResolved':
      return screen.note(`[${event.toolCall.name}: ${event.approved ? 'approved' : 'refused'}]`);
    case 'MessageSuperseded':
      return screen.note('[the answer was broken off and begins anew]');
    case 'EventsReset':
      return screen.note('[some of the answer comes again: its pieces were joined meanwhile]');
    case 'RunStarted':
      return;
    case 'RunFinished':
      return screen.end();
    default:
      event satisfies never;
  }
}

function describeOutcome({ status, error, result }: AmbitToolCall): string {
  if (status === 'COMPLETED') return JSON.stringify(result) ?? 'done';
  return `${status.toLowerCase()}${error === null ? '' : `: ${error}`}`;
}
