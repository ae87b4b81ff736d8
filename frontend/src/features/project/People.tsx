/** M8: who belongs to the project, and in which role. */
import { useState } from "react";
import { post, request } from "../../api/http";
import type { Invited, Member, Page as PageOf, Role } from "../../api/types";
import { Badge } from "../../ui/Badge";
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
import { Hours } from "./Hours";
import { Invitations, useInvitations } from "./Invitations";
import { MemberDialog } from "./MemberDialog";
import own from "./project.module.css";

const words = team.people;

interface Removal {
  member: Member;
  role: Role;
}

export default function People({ slug }: { slug: string }) {
  const query = useGet<PageOf<Member>>(`projects/${slug}/members`);
  // They stand between others: nothing moves for them once the page is there.
  const waits = useInvitations(slug).isPending;
  const [removal, setRemoval] = useState<Removal | null>(null);
  const [limited, setLimited] = useState<Member | null>(null);
  return (
    <Page title={words.title}>
      <Shown query={waits ? { ...query, data: undefined } : query}>
        {({ results }) => (
          <>
            <AddPerson slug={slug} />
            {results.length === 0 ? (
              <Empty>{words.empty}</Empty>
            ) : (
              <Members members={results} onRemove={setRemoval} onLimit={setLimited} />
            )}
            <Invitations slug={slug} />
            <Hours slug={slug} />
          </>
        )}
      </Shown>
      {limited && (
        <MemberDialog slug={slug} member={limited} onClose={() => setLimited(null)} />
      )}
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
    // The form is emptied now, not when the lists are there: the next name may be half typed by then.
    void refresh(`projects/${slug}/members`);
    void refresh(`projects/${slug}/invitations`);
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
          <span role="status">
            {(invited.sign_in ? words.invited : words.added)(
              invited.person.name,
              team.roles[invited.role],
            )}{" "}
          </span>
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

function labels(member: Member): boolean {
  return member.roles.some((role) => role === "labeler" || role === "reviewer");
}

function limitsOf({ labels_per_day: day, labels_in_all: all, abilities }: Member): string {
  const said = [
    day !== null && words.limits.perDay(day),
    all !== null && words.limits.inAll(all),
    ...abilities,
  ];
  return said.filter(Boolean).join(", ") || "–";
}

function Members(props: {
  members: Member[];
  onRemove: (removal: Removal) => void;
  onLimit: (member: Member) => void;
}) {
  return (
    <Table
      label={words.title}
      rows={props.members}
      keyOf={(member) => member.person.id}
      columns={[
        {
          head: words.name,
          shape: "wide",
          cell: (member) => (
            <span className={css.row}>
              {member.person.name}
              {member.paused !== null && <Badge tone="bad">{words.limits.paused}</Badge>}
            </span>
          ),
        },
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
        { head: words.limits.head, cell: limitsOf },
        {
          head: team.action,
          cell: (member) =>
            labels(member) && (
              <Button
                look="quiet"
                aria-label={words.limits.changeOf(member.person.name)}
                onClick={() => props.onLimit(member)}
              >
                {words.limits.change}
              </Button>
            ),
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
