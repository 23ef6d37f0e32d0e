{{/* A text or a number, such as `cpu: 2`, as it stands in the values. */}}
{{- define "city311.written" -}}
{{- ternary (int64 . | toString) (toString .) (and (kindIs "float64" .) (eq (toString .) (toString (floor .)))) }}
{{- end }}

{{/* JSON list of { name, text }: what lies at a path of files/forms.yaml. Of: in, path (a list), name. */}}
{{- define "city311.given" -}}
{{- $in := .in }}
{{- $name := .name }}
{{- $key := first .path }}
{{- $rest := rest .path }}
{{- $found := list }}
{{- $isText := not (or (kindIs "map" $in) (kindIs "slice" $in) (kindIs "invalid" $in)) }}
{{- if and (not .path) $isText }}
{{- $found = list (dict "name" $name "text" (include "city311.written" $in)) }}
{{- else if and (eq (toString $key) "@") (kindIs "map" $in) }}
{{- range $own, $_ := $in }}{{ $found = append $found (dict "name" $name "text" $own) }}{{ end }}
{{- else if and .path (kindIs "map" $in) }}
{{- range $own, $inside := $in }}
{{- if or (eq $key "*") (eq $key $own) }}
{{- $found = concat $found (include "city311.given" (dict "in" $inside "path" $rest "name" (printf "%s.%s" $name $own | trimPrefix ".")) | fromJsonArray) }}
{{- end }}
{{- end }}
{{- else if and (eq (toString $key) "*") (kindIs "slice" $in) }}
{{- range $index, $inside := $in }}
{{- $found = concat $found (include "city311.given" (dict "in" $inside "path" $rest "name" (printf "%s[%d]" $name $index)) | fromJsonArray) }}
{{- end }}
{{- end }}
{{- toJson $found }}
{{- end }}

{{/* JSON list of sentences: every text among the values that has not its form. */}}
{{- define "city311.formFaults" -}}
{{- $faults := list }}
{{- $table := .Files.Get "files/forms.yaml" | fromYaml }}
{{- range $table.values }}
{{- $have := .have }}
{{- range $at := .at }}
{{- range $path, $called := $have }}
{{- $form := get $table.forms (trimSuffix "?" $called) }}
{{- $keys := printf "%s.%s" $at $path | trimPrefix "." | splitList "." }}
{{- range include "city311.given" (dict "in" $.Values "path" $keys "name" "") | fromJsonArray }}
{{- $isEmpty := and (eq .text "") (hasSuffix "?" $called) }}
{{- $fits := and (regexMatch $form.pattern .text) (le (len .text) (int $form.longest)) (contains ($form.holds | default "") .text) }}
{{- if not (or $isEmpty $fits) }}{{ $faults = append $faults (printf "%s %q: %s" .name (regexReplaceAll "//[^/@]*@" .text "//…@") $form.is) }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $faults }}
{{- end }}

{{/* A quantity as a number: of processors, of bytes. */}}
{{- define "city311.amount" -}}
{{- $written := include "city311.written" . }}
{{- $number := regexFind "^[0-9.]+" $written }}
{{- $factors := dict "" 1 "m" 0.001 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 }}
{{- mulf (float64 $number) (get $factors (trimPrefix $number $written) | default 0) }}
{{- end }}
