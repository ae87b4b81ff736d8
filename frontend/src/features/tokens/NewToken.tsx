/** Asks what a new token is for, what it may do, where, and for how long. */
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Check, Form, Segments, Select, TextField } from "../../ui/Form";
import { tokens as words } from "../../words/en-tokens";
import { useHere } from "../shell/here";
import { Card } from "../team/parts";
import css from "../team/team.module.css";
import own from "./tokens.module.css";
import { askedFor } from "./token";

const USUAL = ["read", "export"];
const USUAL_DAYS = "90";

export function NewToken({ onMake }: { onMake: (asked: object) => Promise<void> }) {
  const { session } = useHere();
  const [reach, setReach] = useState("all");
  const mine = session.projects.filter(
    (project) =>
      session.person.is_admin ||
      project.roles.some((role) => role === "manager" || role === "engineer"),
  );
  return (
    <Card title={words.make}>
      <Form className={css.form} onSubmit={(values) => onMake(askedFor(values))} clears>
        {(busy) => (
          <>
            <div className={css.fields}>
              <TextField
                label={words.name}
                hint={words.nameHint}
                name="name"
                required
                maxLength={100}
                autoComplete="off"
              />
              <Select
                label={words.lasts}
                name="days"
                defaultValue={USUAL_DAYS}
                options={Object.entries(words.days)}
              />
            </div>
            <fieldset className={own.choices}>
              <legend>{words.scopes}</legend>
              {Object.entries(words.scopeWords).map(([scope, meaning]) => (
                <Check
                  key={scope}
                  name="scopes"
                  value={scope}
                  defaultChecked={USUAL.includes(scope)}
                  label={meaning}
                />
              ))}
            </fieldset>
            <Segments
              label={words.projects}
              name="reach"
              value={reach}
              onChange={setReach}
              options={[
                ["all", words.all],
                ["some", words.some],
              ]}
            />
            {reach === "some" && (
              <fieldset className={own.choices}>
                <legend>{words.where}</legend>
                {mine.map((project) => (
                  <Check key={project.slug} name="projects" value={project.slug} label={project.name} />
                ))}
              </fieldset>
            )}
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
