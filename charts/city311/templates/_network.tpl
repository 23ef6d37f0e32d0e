{{/* Who may reach the pods of a service, and what they may reach. Of: root, name, service. */}}
{{- define "city311.network" -}}
{{- $network := .root.Values.network -}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "city311.name" .root }}-{{ .name }}
  labels:
    {{- include "city311.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
spec:
  podSelector:
    matchLabels:
      {{- include "city311.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .name }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if and .service.paths $network.entrance (ne .root.Values.entrance.kind "none") }}
    - from: {{- toYaml $network.entrance | nindent 8 }}
      ports: [{ port: http, protocol: TCP }]
    {{- end }}
    {{- with $network.monitoring }}
    - from: {{- toYaml . | nindent 8 }}
      ports: [{ port: management, protocol: TCP }]
    {{- end }}
  egress:
    {{- with $network.dns }}
    - to: {{- toYaml . | nindent 8 }}
      ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    {{- end }}
    {{- range .service.reaches }}
    {{- with index $network.reachable . }}
    - ports:
        {{- range .ports }}
        - { port: {{ . }}, protocol: TCP }
        {{- end }}
      {{- with .to }}
      to: {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- end }}
{{- end }}
