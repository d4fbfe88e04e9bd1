import { useId, type ReactNode } from 'react';
import type { Field } from './settings-fields.ts';

export interface SettingFieldProps {
  readonly field: Field;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly fault: string | undefined;
  /** That people choose from; they may type another. */
  readonly suggestions?: readonly string[] | undefined;
}

/** One setting: its name as in the manual, what it means, and what the API finds wrong with it. */
export function SettingField({
  field,
  label,
  value,
  onChange,
  fault,
  suggestions,
}: SettingFieldProps): ReactNode {
  const { path, kind, about, isRequired, otherwise } = field;
  const id = useId();
  const control = {
    ...{ id, value, name: path, required: isRequired },
    'aria-invalid': fault !== undefined,
    'aria-describedby': `${id}-about${fault === undefined ? '' : ` ${id}-fault`}`,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  };
  return (
    <div className="setting" data-kind={kind.is}>
      <label htmlFor={id}>{label}</label>
      {kind.is === 'choice' ? (
        <select {...control}>
          {(isRequired || otherwise === '') && (
            <option value="">{isRequired ? 'Choose …' : 'as usual'}</option>
          )}
          {kind.options.map((option) => (
            <option key={option} value={option === otherwise ? '' : option}>
              {option}
            </option>
          ))}
        </select>
      ) : kind.is === 'lines' ? (
        <textarea {...control} rows={2} />
      ) : (
        <input
          {...control}
          type={kind.is === 'number' ? 'number' : kind.is === 'moment' ? 'datetime-local' : 'text'}
          placeholder={kind.is === 'hours' ? '09:00-17:00' : otherwise}
          {...(kind.is === 'number' && { min: kind.least, max: kind.most, step: kind.whole ? 1 : 'any' })}
          {...(suggestions && { list: `${id}-known` })}
        />
      )}
      {suggestions && (
        <datalist id={`${id}-known`}>
          {suggestions.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      <span className="hint" id={`${id}-about`}>
        {about}
        {kind.is === 'lines' && ' One a line.'}
        {kind.is === 'moment' && ' By the clock of this browser.'}
      </span>
      {fault !== undefined && (
        <p className="setting-fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}
