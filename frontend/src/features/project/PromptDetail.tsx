/** One prompt and everything that was said to it, by author. */
import { Link } from "wouter";
import type { PromptDetail as Detail } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { Markdown } from "../../ui/text/Markdown";
import { team } from "../../words/en-team";
import { Prompt } from "../label/Prompt";
import { CutNote, Section } from "../team/parts";
import { useGet } from "../team/queries";
import { Shown } from "../team/Shown";
import own from "./project.module.css";

const words = team.prompts;

function byAuthor(responses: Detail["responses"]): [string, Detail["responses"]][] {
  const groups = new Map<string, Detail["responses"]>();
  for (const response of responses) {
    groups.set(response.author, [...(groups.get(response.author) ?? []), response]);
  }
  return [...groups];
}

export default function PromptDetail({ slug, id }: { slug: string; id: number }) {
  const query = useGet<Detail>(`prompts/${id}`);
  return (
    <Page
      title={words.one}
      name={words.one}
      lead={
        <>
          <Link href={`/projects/${slug}/prompts`}>{words.back}</Link>
          {query.data?.external_id && ` · ${query.data.external_id}`}
          {query.data && ` · ${team.splits[query.data.split]}`}
        </>
      }
    >
      <Shown query={query}>
        {(prompt) => (
          <>
            <CutNote cut={prompt.too_large} address={`prompts/${id}`} name={`prompt-${id}`} />
            <div className={own.answer}>
              <Prompt messages={prompt.messages} />
            </div>
            {prompt.responses.length === 0 && <Empty>{words.noResponses}</Empty>}
            {byAuthor(prompt.responses).map(([author, responses]) => (
              <Section
                key={author}
                title={author}
                aside={<Badge tone="plain">{team.count.responses(responses.length)}</Badge>}
              >
                {responses.map((response) => (
                  <div key={response.id} className={own.answer}>
                    <Markdown text={response.content} />
                  </div>
                ))}
              </Section>
            ))}
          </>
        )}
      </Shown>
    </Page>
  );
}
