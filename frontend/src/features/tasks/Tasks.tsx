/** M6: open tasks over prompts, find those there are, change them, look into one. */
import { Page } from "../../ui/Page";
import { tasks as words } from "../../words/en-tasks";
import { Card } from "../team/parts";
import { useProject } from "../team/queries";
import { Shown } from "../team/Shown";
import { OpenTasks } from "./OpenTasks";
import { TaskList } from "./TaskList";

export default function Tasks({ slug }: { slug: string }) {
  const query = useProject(slug);
  return (
    <Page title={words.title}>
      <Shown query={query}>
        {({ plan }) => (
          <>
            <Card title={words.open}>
              <OpenTasks slug={slug} plan={plan} />
            </Card>
            <TaskList slug={slug} />
          </>
        )}
      </Shown>
    </Page>
  );
}
