/** See `third-party-notices.mjs`. */
export function thirdPartyNotices(root: string, inputs: readonly string[]): string;
