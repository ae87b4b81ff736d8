/** How a file is to be read: what the importer chose, as the address of the request says it. */

export interface Way {
  /** The column that stands for a field, where it is not the one of the same name. */
  columns: Record<string, string>;
  leaveOut: boolean;
  removeNul: boolean;
  lastTurn: boolean;
  labeler: string;
}

export const usualWay: Way = {
  columns: {},
  leaveOut: false,
  removeNul: false,
  lastTurn: false,
  labeler: "",
};

export function queryOf(way: Way, upload?: string): URLSearchParams {
  const query = new URLSearchParams();
  for (const [field, column] of Object.entries(way.columns)) {
    if (column) query.append("map", `${field}:${column}`);
  }
  if (way.leaveOut) query.set("leave_out_bad", "1");
  if (way.removeNul) query.set("remove_nul", "1");
  if (way.lastTurn) query.set("last_turn_is_response", "1");
  if (way.labeler.trim()) query.set("labeler", way.labeler.trim());
  if (upload) query.set("upload", upload);
  return query;
}
