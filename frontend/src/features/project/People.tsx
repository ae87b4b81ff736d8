/** M8: who belongs to the project, and in which role. */
import { useState } from "react";
import { post, request } from "../../api/http";
import type { Invited, Member, Page as PageOf, Role } from "../../api/types";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Form, Select, TextField } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Empty, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { t } from "../../words";
import { team } from "../../words/en-team";
import { Card, textValue } from "../team/parts";
import { useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "../team/team.module.css";
import own from "./project.module.css";

const words = team.people;

interface Removal {
  member: Member;
  role: Role;
}

export default function People({ slug }: { slug: string }) {
  const query = useGet<PageOf<Member>>(`projects/${slug}/members`);
  const [removal, setRemoval] = useState<Removal | null>(null);
  return (
    <Page title={words.title}>
      <AddPerson slug={slug} />
      <Shown query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <Empty>{words.empty}</Empty>
          ) : (
            <Members members={results} onRemove={setRemoval} />
          )
        }
      </Shown>
      {removal && <Remove slug={slug} removal={removal} onClose={() => setRemoval(null)} />}
    </Page>
  );
}

function AddPerson({ slug }: { slug: string }) {
  const [invited, setInvited] = useState<Invited | null>(null);
  const refresh = useRefresh();
  const add = async (values: FormData) => {
    setInvited(null);
    setInvited(
      await post<Invited>(`projects/${slug}/members`, {
        email: textValue(values, "email"),
        name: textValue(values, "name"),
        role: textValue(values, "role"),
      }),
    );
    await refresh(`projects/${slug}/members`);
  };
  return (
    <Card title={words.add}>
      <Form className={css.form} onSubmit={add} clears>
        {(busy) => (
          <>
            <div className={css.fields}>
              <TextField label={words.name} name="name" required maxLength={200} autoComplete="off" />
              <TextField label={words.email} name="email" type="email" required autoComplete="off" />
              <Select label={words.role} name="role" options={Object.entries(team.roles)} />
            </div>
            <div>
              <Button type="submit" look="primary" busy={busy}>
                {words.submit}
              </Button>
            </div>
          </>
        )}
      </Form>
      {invited && (
        <Note
          tone="good"
          action={invited.sign_in && <CopyButton look="usual" text={invited.sign_in} />}
        >
          <span role="status">{words.added(invited.person.name, team.roles[invited.role])} </span>
          {invited.sign_in && (
            <>
              {words.linkHint(invited.person.name)} <span className={css.mono}>{invited.sign_in}</span>
            </>
          )}
        </Note>
      )}
    </Card>
  );
}

function Members(props: { members: Member[]; onRemove: (removal: Removal) => void }) {
  return (
    <Table
      label={words.title}
      rows={props.members}
      keyOf={(member) => member.person.id}
      columns={[
        { head: words.name, shape: "wide", cell: (member) => member.person.name },
        { head: words.email, cell: (member) => member.person.email },
        {
          head: words.roles,
          cell: (member) =>
            member.roles.map((role) => (
              <span key={role} className={own.role}>
                {team.roles[role]}
                <Button
                  look="quiet"
                  aria-label={words.remove(team.roles[role], member.person.name)}
                  onClick={() => props.onRemove({ member, role })}
                >
                  ×
                </Button>
              </span>
            )),
        },
      ]}
    />
  );
}

function Remove(props: { slug: string; removal: Removal; onClose: () => void }) {
  const { member, role } = props.removal;
  const refresh = useRefresh();
  const remove = async () => {
    await request("DELETE", `projects/${props.slug}/members/${member.person.id}/${role}`);
    await refresh(`projects/${props.slug}/members`);
    props.onClose();
  };
  return (
    <Dialog title={words.removeShort} onClose={props.onClose}>
      <p>{words.sure(member.person.name, team.roles[role])}</p>
      <Form className={css.form} onSubmit={remove}>
        {(busy) => (
          <DialogActions>
            <Button onClick={props.onClose}>{t.common.cancel}</Button>
            <Button type="submit" look="danger" busy={busy}>
              {words.removeShort}
            </Button>
          </DialogActions>
        )}
      </Form>
    </Dialog>
  );
}
