/** What the page asks of a run: as much as the client library tells of one. */
export const RUN_FIELDS = `fragment ConsoleRun on Run {
  id agentId sessionId userId status input output
  error { code message }
  toolCalls { id name arguments result error status startedAt finishedAt }
  metrics { inputTokens outputTokens totalTokens modelCalls toolCalls timeToFirstTokenMs durationMs }
  attempt lastSeq replayed createdAt startedAt finishedAt
}`;

/** A page of a connection. */
export interface Page<TNode> {
  readonly edges: readonly { readonly node: TNode }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
