/** The ways in for a model that was not trained here: a server by a form, files by a command. */
import { post } from "../../api/http";
import type { Checkpoint } from "../../api/types";
import { Button } from "../../ui/Button";
import { Form, Select, TextField } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { team } from "../../words/en-team";
import { useHere } from "../shell/here";
import { Code } from "../team/Code";
import { Card, Section, textValue } from "../team/parts";
import { useRefresh } from "../team/queries";
import css from "../team/team.module.css";

const words = team.checkpoints.add;

export function AddServer() {
  const { session } = useHere();
  const refresh = useRefresh();
  const mine = session.projects.filter(
    ({ roles }) => session.person.is_admin || roles.includes("engineer"),
  );
  if (mine.length === 0) return null;
  const add = async (values: FormData) => {
    const asked = ["name", "url", "model", "key"].map((name) => [name, textValue(values, name)]);
    const made = await post<Checkpoint>(
      `projects/${textValue(values, "project")}/endpoints`,
      Object.fromEntries(asked),
    );
    announce(words.added(made.label));
    void refresh("checkpoints");
  };
  return (
    <Card title={words.title}>
      <p className={css.faint}>{words.about}</p>
      <Form className={css.form} onSubmit={add} clears>
        {(busy) => (
          <>
            <div className={css.fields}>
              <Select
                label={words.project}
                name="project"
                options={mine.map(({ slug, name }) => [slug, name])}
              />
              <TextField
                label={words.name}
                hint={words.nameHint}
                name="name"
                required
                maxLength={80}
                autoComplete="off"
              />
              <TextField
                label={words.url}
                hint={words.urlHint}
                name="url"
                type="url"
                required
                maxLength={2000}
                autoComplete="off"
              />
              <TextField
                label={words.model}
                hint={words.modelHint}
                name="model"
                required
                maxLength={200}
                autoComplete="off"
              />
              <TextField
                label={words.key}
                hint={words.keyHint}
                name="key"
                type="password"
                maxLength={2000}
                autoComplete="new-password"
              />
            </div>
            <div>
              <Button type="submit" look="primary" busy={busy}>
                {words.submit}
              </Button>
            </div>
          </>
        )}
      </Form>
    </Card>
  );
}

export function AddModel() {
  const { session } = useHere();
  const project = session.projects[0]?.slug ?? "PROJECT";
  const line = (source: string, name: string) =>
    `.venv/bin/python manage.py register_checkpoint ${source} --name ${name} --project ${project}`;
  return (
    <Section title={words.own}>
      <p className={css.faint}>{words.ownAbout}</p>
      <Code label={words.folder} text={line("/models/my-model", "my-model")} />
      <p className={css.faint}>{words.hubAbout}</p>
      <Code label={words.hub} text={line("Qwen/Qwen3-0.6B", "qwen3 --revision main")} />
    </Section>
  );
}
