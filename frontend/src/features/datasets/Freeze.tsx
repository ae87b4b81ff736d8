/** E1: freezing. A recipe is chosen part by part beside what it takes; a button freezes it. */
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { post } from "../../api/http";
import type { DatasetVersion } from "../../api/types";
import { Form } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { datasets } from "../../words/en-datasets";
import { useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import { FreezeParts } from "./FreezeParts";
import { Outcome, Strip, useBody } from "./Outcome";
import { asked, USUAL, type Plan } from "./recipe";
import type { Choices, Recipe } from "./types";
import own from "./wizard.module.css";

const words = datasets.wizard;

export default function Freeze({ slug }: { slug: string }) {
  const [search] = useSearchParams();
  const from = search.get("from");
  const choices = useGet<Choices>(`projects/${slug}/datasets/choices`);
  const earlier = useGet<DatasetVersion>(`datasets/${from}`, { off: !from });
  const version = earlier.data;
  const ready = choices.data && (!from || version) ? choices.data : undefined;
  return (
    <Page
      title={version ? words.againTitle(`${version.name}@${version.number}`) : words.title}
      lead={
        <>
          {words.lead} <Link href={`/projects/${slug}/datasets`}>{datasets.all}</Link>
        </>
      }
    >
      <Shown
        query={{
          data: ready,
          error: choices.error ?? earlier.error,
        }}
      >
        {(found) => <Wizard slug={slug} choices={found} first={planOf(version)} />}
      </Shown>
    </Page>
  );
}

/** The plan to begin with: that of an earlier version, or the usual one. */
function planOf(version: DatasetVersion | undefined): Plan {
  if (!version) return { kind: "preference", beside: [], name: "", recipe: USUAL };
  return {
    kind: version.kind,
    beside: version.configs.slice(1),
    name: version.name,
    recipe: { ...USUAL, ...(version.recipe as unknown as Recipe) },
  };
}

function Wizard({ slug, choices, first }: { slug: string; choices: Choices; first: Plan }) {
  const [plan, setPlan] = useState(first);
  const body = useBody(plan);
  const [, go] = useLocation();
  const refresh = useRefresh();
  const freeze = async () => {
    const name = plan.name || null;
    const version = await post<DatasetVersion>(`projects/${slug}/datasets`, { ...asked(plan), name });
    await refresh(`projects/${slug}/datasets`);
    go(`/projects/${slug}/datasets/${version.id}`);
  };
  return (
    <Form className={own.wizard} onSubmit={freeze}>
      {(busy) => (
        <>
          <div className={own.parts}>
            <FreezeParts plan={plan} choices={choices} onChange={setPlan} />
            <Strip slug={slug} body={body} />
          </div>
          <Outcome slug={slug} plan={plan} body={body} busy={busy} />
        </>
      )}
    </Form>
  );
}
