/** One task beside the list: what was asked, and what people answered. */
import { Link } from "wouter";
import { Dialog } from "../../ui/Dialog";
import { tasks as words } from "../../words/en-tasks";
import { TaskAnswers } from "../quality/Task";
import type { TaskLabels } from "../quality/types";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";

interface Props {
  slug: string;
  id: number;
  onClose: () => void;
}

export function TaskPanel({ slug, id, onClose }: Props) {
  const query = useGet<TaskLabels>(`tasks/${id}/labels`);
  return (
    <Dialog title={words.one(id)} onClose={onClose} shape="panel">
      <Link href={`/projects/${slug}/disagreements/${id}`}>{words.whole}</Link>
      <Shown query={query}>{(task) => <TaskAnswers slug={slug} task={task} />}</Shown>
    </Dialog>
  );
}
