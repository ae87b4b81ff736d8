/** What labelers go by, as they read it; it is changed where the project is set up. */
import { ButtonLink } from "../../ui/Button";
import { BLANK, Page } from "../../ui/Page";
import { Markdown } from "../../ui/text/Markdown";
import { team } from "../../words/en-team";
import { useProject } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import own from "./project.module.css";

const words = team.guidelines;

export default function Guidelines({ slug }: { slug: string }) {
  const query = useProject(slug);
  const version = query.data?.guidelines.version;
  return (
    <Page
      title={words.title}
      lead={version === undefined ? BLANK : words.lead(version)}
      actions={
        query.data?.roles.includes("manager") && (
          <ButtonLink href={`/projects/${slug}/setup`}>{words.change}</ButtonLink>
        )
      }
    >
      <Shown query={query}>
        {({ guidelines: { text } }) => (
          <section className={own.pane} aria-labelledby="guidelines">
            <h2 id="guidelines" className="visually-hidden">
              {words.text}
            </h2>
            {text.trim() ? <Markdown text={text} /> : <p className={css.faint}>{words.empty}</p>}
          </section>
        )}
      </Shown>
    </Page>
  );
}
