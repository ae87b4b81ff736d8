/** M2: a project on one page, beside the task as its labelers will see it; a new one is made by the
 *  same page. */
import { useState } from "react";
import { Redirect } from "wouter";
import { post, request } from "../../api/http";
import { currentSession } from "../../api/session";
import type { FormTemplates, Project } from "../../api/types";
import { ButtonLink } from "../../ui/Button";
import { announce } from "../../ui/Live";
import { BLANK, Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { team } from "../../words/en-team";
import { mayCreate, useHere } from "../shell/here";
import { useGet, useProject, useRefresh } from "../team/queries";
import { Shown, together } from "../team/Shown";
import { SetupForm, type SetUp } from "./SetupForm";

const words = team.setup;
// Rows of the skeleton: the form is longer than any window.
const LONG = 40;
const useTemplates = () => useGet<FormTemplates>("form-templates");

export default function Setup({ slug }: { slug: string }) {
  return slug ? <Known slug={slug} /> : <New />;
}

function Known({ slug }: { slug: string }) {
  const query = useProject(slug);
  const templates = useTemplates();
  const refresh = useRefresh();
  const save = async (body: SetUp) => {
    await request("PATCH", `projects/${slug}`, { body });
    await refresh("projects");
    announce(team.overview.saved);
  };
  return (
    <Page
      title={words.title}
      lead={query.data ? words.lead(query.data.form.version, query.data.guidelines.version) : BLANK}
      actions={
        query.data?.roles.includes("manager") && (
          <ButtonLink href={`/projects/${slug}/tasks`}>{words.openTasks}</ButtonLink>
        )
      }
    >
      <Shown query={together(query, templates)} rows={LONG}>
        {([project, found]) =>
          project.roles.includes("manager") ? (
            <SetupForm project={project} templates={found} onSave={save} />
          ) : (
            <Empty>{words.managersOnly}</Empty>
          )
        }
      </Shown>
    </Page>
  );
}

function New() {
  const [made, setMade] = useState<string | null>(null);
  const { session, onSession } = useHere();
  const templates = useTemplates();
  const refresh = useRefresh();
  const create = async (body: SetUp) => {
    const project = await post<Project>("projects", body);
    // It is made, whatever comes of reading the session again: its own page reads it as well.
    await currentSession().then(onSession, () => {});
    await refresh("projects");
    setMade(project.slug);
  };
  if (made) return <Redirect to={`/projects/${made}`} />;
  return (
    <Page title={team.projects.new} lead={mayCreate(session) && words.newLead}>
      {mayCreate(session) ? (
        <Shown query={templates} rows={LONG}>
          {(found) => <SetupForm templates={found} onSave={create} />}
        </Shown>
      ) : (
        <Empty>{words.managersOnly}</Empty>
      )}
    </Page>
  );
}
