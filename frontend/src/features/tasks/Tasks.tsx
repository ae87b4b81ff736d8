/** M6: open tasks over prompts, find those there are, change them, look into one. */
import { Page } from "../../ui/Page";
import { tasks as words } from "../../words/en-tasks";
import { OpenTasks } from "./OpenTasks";
import { TaskList } from "./TaskList";

export default function Tasks({ slug }: { slug: string }) {
  return (
    <Page title={words.title}>
      <OpenTasks slug={slug} />
      <TaskList slug={slug} />
    </Page>
  );
}
