/** Why a step stands on the radar. Kept as they are told in English; whoever speaks another language to a reader knows them by these. */
export const RADAR_REASONS = {
  nobody: 'nobody may decide',
  over: 'its time is over, and the rules end nothing by themselves',
  ladder: 'nobody decided, and the ladder of its rules is at its end',
} as const;
