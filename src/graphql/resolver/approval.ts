import type { ApprovalResolvers } from '../generated/resolver-types.ts';

export const approvalResolvers: ApprovalResolvers = {
  userId: ({ owner }) => owner,
  name: ({ toolName }) => toolName,
  requiresOtherApprover: ({ fourEyes }) => fourEyes,
};
