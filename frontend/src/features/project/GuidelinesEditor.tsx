/** What labelers go by. Each change is a new version, stored with every label given under it. */
import { useState } from "react";
import { request } from "../../api/http";
import type { Project } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Form, TextArea } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { Page } from "../../ui/Page";
import { Markdown } from "../../ui/text/Markdown";
import { team } from "../../words/en-team";
import { useProject, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import own from "./project.module.css";

const words = team.guidelines;

export default function GuidelinesEditor({ slug }: { slug: string }) {
  const query = useProject(slug);
  const version = query.data?.guidelines.version;
  return (
    <Page title={words.title} lead={version !== undefined && words.lead(version)}>
      <Shown query={query}>
        {(project) =>
          project.roles.includes("manager") ? (
            <Editor key={project.guidelines.version} project={project} />
          ) : (
            <Text text={project.guidelines.text} />
          )
        }
      </Shown>
    </Page>
  );
}

function Text({ text }: { text: string }) {
  return (
    <div className={own.pane}>
      {text.trim() ? <Markdown text={text} /> : <p className={css.faint}>{words.empty}</p>}
    </div>
  );
}

function Editor({ project }: { project: Project }) {
  const refresh = useRefresh();
  const [text, setText] = useState(project.guidelines.text);
  const changed = text !== project.guidelines.text;
  const publish = async () => {
    await request("PATCH", `projects/${project.slug}`, { body: { guidelines: text } });
    await refresh(`projects/${project.slug}`);
    announce(words.published);
  };
  return (
    <Form className={css.form} onSubmit={publish}>
      {(busy) => (
        <>
          <div className={own.two}>
            <TextArea
              label={words.text}
              name="guidelines"
              rows={22}
              maxLength={100_000}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <section className={css.section}>
              <h2>{words.preview}</h2>
              <Text text={text} />
            </section>
          </div>
          <div className={css.row}>
            <Button type="submit" look="primary" busy={busy} disabled={!changed}>
              {words.publish}
            </Button>
            {changed && <Badge>{words.unpublished}</Badge>}
          </div>
        </>
      )}
    </Form>
  );
}
